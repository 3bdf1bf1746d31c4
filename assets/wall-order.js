// The order in which a wall lists its alerts. Pure: draws nothing and asks nothing.

const waits = (a) => (a.stage === "unack" || a.stage === "rtn_unack") && (!a.hold || a.hold === "none");
const newest = (a, b) => (a.raised_at < b.raised_at ? 1 : a.raised_at > b.raised_at ? -1 : b.id - a.id);

/** Grave ones that nobody has seen must not be washed down by what is mild and newer: 0 red, 1 orange, 2 the rest, 3 notices. */
const rank = (a) => (a.severity > 4 ? 3 : a.severity <= 2 && waits(a) && !a.drill ? a.severity - 1 : 2);

/** `isBack`: whether the device of a notice speaks again; such notices stand last. */
export const alertOrder = (isBack) => (a, b) => rank(a) - rank(b) || (a.severity > 4 && isBack(a) - isBack(b)) || newest(a, b);
