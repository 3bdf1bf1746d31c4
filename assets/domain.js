// One domain of the city in place of all of it: the same state with that domain's figures and rows, so that every panel follows by
// drawing what it is given. Asks nothing, knows no page, and guesses nothing a server did not tell of the domain.

/** The order in which a street's figures of one domain travel (docs/live.md). */
const NAMES = [
  "devices", "online", "silent", "alerts_1", "alerts_2", "alerts_3", "alerts_4", "alerts_5", "unack", "cases_open", "cases_overdue",
  "cases_today", "closed_today", "closed_in_time", "due_today", "reports_today", "response_sum_s", "response_n",
];
const ROWS = ["alerts", "cases", "incidents", "reports"];

/** Whether a row is of a domain: an alert or incident says it, what else has a class has its class's. 
 *  That the platform was deaf concerns all, and so does a warning of the weather. */
export function belongs(domain, classes) {
  if (!domain) return () => true;
  return (row) => (row.domain ?? classes[row.class_code]?.domain) === domain || (row.subject ?? "").startsWith("platform/") || row.channel === "weather";
}

/** The state of one domain; the state itself where there is none. `mine` says which rows belong to it. */
export function ofDomain(state, domain, mine) {
  if (!domain) return state;
  const part = { ...state, trend: trendOf(state.trend, domain, mine) };
  part.streets = new Map([...state.streets].map(([code, figures]) => [code, figuresOf(figures, domain)]));
  for (const list of ROWS) part[list] = new Map([...state[list]].filter(([, row]) => mine(row)));
  return part;
}

/** What is measured stays; what is counted is the domain's, and unknown where the server told nothing of it. */
function figuresOf({ vitals, storm, readings_minute, domains }, domain) {
  const told = domains?.[domain];
  if (!told) return { vitals, storm, readings_minute };
  const of = Object.fromEntries(NAMES.map((name, at) => [name, told[at]]));
  const alerts = Object.fromEntries([1, 2, 3, 4, 5].map((level) => [level, of[`alerts_${level}`]]));
  return { ...of, alerts, response_s: [of.response_sum_s, of.response_n], vitals, storm, readings_minute };
}

function trendOf({ bucket_s, domains, fresh }, domain, mine) {
  const told = domains.get(domain) ?? { today: [], yesterday: [] };
  const today = new Map(told.today);
  for (const [bucket, row] of fresh) if (mine(row)) today.set(bucket, (today.get(bucket) ?? 0) + 1);
  return { bucket_s, today, yesterday: new Map(told.yesterday), domains, fresh };
}
