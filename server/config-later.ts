/** Sources of the design that this version does not have: named in the fault, so that nobody hunts for a typo. */
export const LATER_SOURCE_NAMES = ["tushare", "baostock", "massive"];

/** Variables of later versions, or read before the configuration exists: no typo of a known name, and nothing to warn about. */
export const OTHER_NAMES = ["DAYFILL_NO_DOTENV", "TUSHARE_URL", "TUSHARE_TOKEN"];
