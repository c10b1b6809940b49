"use client";

import { useTranslations } from "use-intl";
import { useDaySentences } from "@/components/day/sentences";
import { useFormat } from "@/components/shell/format";
import { Checkbox } from "@/components/ui/checkbox";
import type { Day } from "@/lib/contract/day";
import type { DiffExample } from "@/lib/contract/task";
import type { ChangedDay } from "./verify-days";

/** Days that are listed; of more the count is told, and all of them are applied. */
const MAX_LISTED = 200;

interface Props {
  days: readonly ChangedDay[];
  leftOut: ReadonlySet<Day>;
  /** Null while nothing can be applied yet: the days are not to be chosen. */
  onChoose: ((date: Day, chosen: boolean) => void) | null;
}

/** One line a changed day: rows added, changed and vanished, the rows held, and examples. */
export function VerifyTable({ days, leftOut, onChoose }: Props) {
  const t = useTranslations("verify");
  const format = useFormat();
  const { weekday } = useDaySentences();
  const head = "pb-1.5 pl-3 text-right font-normal whitespace-nowrap";
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse">
        <thead>
          <tr className="text-ink-2 [font:var(--t-12)]">
            <th className="pb-1.5 text-left font-normal">{t("date")}</th>
            <th className={head}>{t("added")}</th>
            <th className={head}>{t("changed")}</th>
            <th className={head}>{t("vanished")}</th>
            <th className={`${head} max-sm:hidden`}>{t("held")}</th>
            <th className="pb-1.5 pl-6 text-left font-normal max-sm:hidden">{t("examples")}</th>
          </tr>
        </thead>
        <tbody className="align-top">
          {days.slice(0, MAX_LISTED).map(({ date, diff }) => (
            <tr key={date} className="border-t border-line">
              <th scope="row" className="py-1.5 text-left font-medium whitespace-nowrap">
                {onChoose ? (
                  <Checkbox isSelected={!leftOut.has(date)} onChange={(chosen) => onChoose(date, chosen)}>
                    {date}
                    <span className="ml-2 font-normal text-ink-3 max-sm:hidden">{weekday(date)}</span>
                  </Checkbox>
                ) : (
                  date
                )}
              </th>
              <Figure>{diff.added}</Figure>
              <Figure>{diff.changed}</Figure>
              <Figure>{diff.vanished}</Figure>
              <td className="py-1.5 pl-3 text-right text-ink-2 max-sm:hidden">{format.number(diff.held)}</td>
              <td className="w-full py-1.5 pl-6 text-ink-2 max-sm:hidden">
                <Examples examples={diff.examples} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {days.length > MAX_LISTED && <p className="mt-2 text-ink-3">{t("more", { count: days.length - MAX_LISTED })}</p>}
    </div>
  );
}

/** Nothing is quiet, something is not. */
function Figure({ children }: { children: number }) {
  const format = useFormat();
  return (
    <td className={`py-1.5 pl-3 text-right whitespace-nowrap ${children === 0 ? "text-ink-3" : "font-semibold"}`}>
      {format.number(children)}
    </td>
  );
}

/** The first example in the line, the others on demand. */
function Examples({ examples }: { examples: readonly DiffExample[] }) {
  const t = useTranslations("verify");
  const [first, ...others] = examples;
  if (!first) return null;
  if (others.length === 0) return <Example example={first} />;
  return (
    <details>
      <summary className="cursor-pointer">
        <Example example={first} />
        <span className="ml-2 text-ink-3">{t("moreExamples", { count: others.length })}</span>
      </summary>
      <ul className="mt-1 grid gap-0.5 pl-4">
        {others.map((example) => (
          <li key={example.code}>
            <Example example={example} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Fields named in one line; a row that changed wholly says how many more. */
const NAMED_FIELDS = 2;

function Example({ example }: { example: DiffExample }) {
  const t = useTranslations("verify");
  const { code, change, fields } = example;
  const named = fields.slice(0, NAMED_FIELDS).map(({ field, held, source }) => `${field} ${held ?? "–"} → ${source ?? "–"}`);
  const rest = fields.length - NAMED_FIELDS;
  return (
    <span className="[overflow-wrap:anywhere]">
      <b className="font-medium text-ink">{code}</b> {t(`example.${change}`)}
      {named.length > 0 && <span className="ml-1.5 [font-family:var(--mono)] text-[.92em]">{named.join(", ")}</span>}
      {rest > 0 && <span className="text-ink-3"> {t("moreFields", { count: rest })}</span>}
    </span>
  );
}
