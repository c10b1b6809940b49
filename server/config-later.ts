/** Sources of the design that this version does not have: named in the fault, so that nobody hunts for a typo. */
export const LATER_SOURCE_NAMES = ["postgres"];

/** Variables of later versions, or read before the configuration exists: no typo of a known name, and nothing to warn about. */
export const OTHER_NAMES = ["DAYFILL_NO_DOTENV", "FILES_UNITS", "FILES_ENCODING", "FILES_PERIODS"];
