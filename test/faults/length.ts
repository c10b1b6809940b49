/** `npm run test:faults` runs the same faults for as long as the fault list says; `npm test` runs them as briefly as they still prove it. */
export const isLong = process.env["DAYFILL_FAULTS"] === "long";
