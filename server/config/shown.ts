import type { VariableSettings } from "@/lib/contract/settings";
import { VARIABLES } from "./variables";

/** Names of variables with their texts. */
export type Texts = Readonly<Record<string, string | undefined>>;

/**
 * The configuration as a page may show it: every variable of this version with its text and where that came from. Secrets
 * are only said to be set; what looks like a password or a query in any other address is taken out too.
 */
export function shownConfiguration(environment: Texts, file: Texts): VariableSettings[] {
  return Object.entries(VARIABLES).map(([name, variable]) => {
    const [fromEnvironment, fromFile] = [environment[name]?.trim(), file[name]?.trim()];
    const origin = fromEnvironment ? "environment" : fromFile ? "file" : "default";
    const text = fromEnvironment || fromFile || variable.standard;
    const secret = "secret" in variable;
    return { name, value: text === null || secret ? null : withoutCredentials(text), origin, secret };
  });
}

/** `https://me:pw@host/a?token=x` → `https://***@host/a?***`. */
function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, "$1***@").replace(/(:\/\/[^?#\s]*)[?#][^\s]*/g, "$1?***");
}
