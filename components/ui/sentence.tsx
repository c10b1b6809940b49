import { Fragment } from "react";

/** `2024-03-05`, with its time where one follows, or `11-23 00:00`; the comma of a list without blanks belongs to it. */
const MOMENT = /(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?(?:,(?=\d))?|(?<![\d-])\d{2}-\d{2} \d{2}:\d{2})/;

/** Words with days in them: a line never breaks at the hyphens of a day. A list of days may break behind its commas. */
export function Sentence({ children }: { children: string }) {
  return children.split(MOMENT).map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of one text have no other name, and never change places
      <Fragment key={at}>
        <span className="whitespace-nowrap">{part}</span>
        {part.endsWith(",") ? <wbr /> : null}
      </Fragment>
    ),
  );
}
