-- Routing rules, class standards and the calendar as an administrator edits them.

-- When a rule last gave out a case, and how many of its cases came back: each list of rules asks for all of them.
create index on case_routes (rule, at) where rule is not null;
-- The last cases, on which a rule that is being written is tried.
create index on cases (opened_at desc) where not drill;
