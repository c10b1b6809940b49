import { describe, expect, test } from "vitest";
import { createTranslator } from "use-intl/core";
import en from "@/lib/text/en.json";
import zhCN from "@/lib/text/zh-CN.json";

const at = { row: 3, field: "close_price", value: "abc" };
const first = { ...at, problem: "not_a_number" };
const BAD_ROWS: Record<string, Record<string, string | number>> = {
  too_many_rejected: { rejected: 2, rows: 9, ...first },
  duplicate: { code: "600000", first: 1, row: 2 },
  missing_column: { field: "stock_code", found: "a, b" },
  control_character: at,
  bad_encoding: { row: 3 },
  not_in_encoding: { row: 3, encoding: "GBK" },
  unclosed_quote: { row: 3 },
  stray_quote: { row: 3 },
  column_count: { row: 3, got: 1, expected: 2 },
  line_too_long: { row: 3, limit: "64 kB" },
  too_many_rows: { limit: 100_000 },
  line_ends: {},
  other_header: { row: 3, found: "open, code" },
  not_finite: at,
  too_large_number: at,
};
const SOURCE_ERRORS =
  `configured empty_file html truncated too_large unreadable encrypted other_form no_table_inside several_tables_inside misconfigured no_answer unreachable stalled http_status protocol
  later rate quota banned auth plan too_many_logins public_account public_right old_protocol table_right slow_query refused_symbol`.split(
    /\s+/,
  );

describe.each([
  ["en", en],
  ["zh-CN", zhCN],
] as const)("in %s", (locale, messages) => {
  const say = createTranslator({
    locale,
    messages,
    onError: (error) => {
      throw error;
    },
  });

  test.each(Object.entries(BAD_ROWS))("the rule %s has a sentence of its own", (rule, params) => {
    const sentence = say("dayError.bad_rows", { rule, ...params });
    expect(sentence).not.toContain(rule);
    expect(sentence).not.toMatch(/[{}]/);
  });

  test("every refusal has a sentence of its own", () => {
    const sentences = SOURCE_ERRORS.map((kind) =>
      say("dayError.source_error", {
        kind,
        detail: "x.csv",
        limit: "256 MiB",
        seconds: 30,
        status: 500,
        count: 2,
        code: "600000",
        variable: "TUSHARE_TOKEN",
        form: "gzip",
        expected: "csv",
      }),
    );
    sentences.push(say("dayError.source_error", { kind: "other", detail: "x.csv" }));
    expect(new Set(sentences).size).toBe(SOURCE_ERRORS.length + 1);
  });

  test("a rejected row is named by what is wrong with it", () => {
    const sentences = ["missing", "other_day", "not_a_date", "not_a_number", "too_few_digits", "code_is_number"].map(
      (problem) => {
        const value = problem === "missing" ? "" : "abc";
        return say("dayWarning.rejected_rows", { count: 1, ...at, problem, value, digits: 6 });
      },
    );
    expect(new Set(sentences).size).toBe(6);
    expect(sentences[0]).not.toMatch(/null|=/);
  });

  test("warnings of prices name the codes", () => {
    for (const code of ["empty_prices", "price_outside_range", "below_zero", "average_outside_range"] as const) {
      expect(say(`dayWarning.${code}`, { count: 2, fields: "open", codes: "BHF, A" })).toContain("BHF, A");
    }
  });
});
