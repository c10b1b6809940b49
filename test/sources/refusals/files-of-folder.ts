import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Day } from "@/lib/contract/day";
import { ADVICE, quoted } from "./advice";
import { providerOf, type World } from "./case";

const CSV = "code,open,high,low,close\n600000,1,3,1,2\n000001,1,3,1,2\n";
const ROWS = 2;

interface FolderWorld extends World {
  /** The same content into the files of all days that are served. */
  write(content: string): void;
}

export const filesOfFolder = providerOf<FolderWorld>({
  source: "files",
  name: "files of a folder",
  calendar: "XSHG",
  guide: { document: "docs/files-source.md", heading: "## What is checked" },
  shownElsewhere: { "cut short, unreadable": "test/sources/files/faults.test.ts" },
  secrets: [],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "dayfill-refusals-"));
    const placeOf = (day: Day) => join(folder, `${day}.csv`);
    let served: readonly Day[] = [];
    const write = (content: string) => {
      for (const day of served) writeFileSync(placeOf(day), content);
    };
    return {
      write,
      env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") },
      rows: ROWS,
      serve(days) {
        served = days;
        write(CSV);
      },
      asked: () => null,
      placeOf,
      heal: () => write(CSV),
      close: async () => rmSync(folder, { recursive: true }),
    };
  },
  cases: {
    later: "a file that is not there yet is no file, and the calendar decides what that means",
    rate: "a disk is read as often as one likes",
    quota: "a disk has no allowance",
    auth: "a file that may not be read is a file that cannot be read: the others may be readable",
    plan: "a disk knows no plans",
    broken: [
      {
        what: "an empty file",
        guide: "empty, or a web page",
        begin: ({ write }) => write(""),
        attempts: [3, 3, 3],
        calls: null,
        says: quoted("The file is empty", "文件为空", "{place}"),
        advice: ADVICE.file,
      },
      {
        what: "a page instead of the file",
        guide: "empty, or a web page",
        begin: ({ write }) => write("<html><title>Login</title></html>"),
        attempts: [3, 3, 3],
        calls: null,
        says: quoted("A web page came instead of rows", "收到的是网页而不是数据", "{place}"),
        advice: ADVICE.file,
      },
      {
        what: "a workbook under the name of a CSV file",
        guide: "of another form than its name says (a gzip named `.csv`, an Excel workbook)",
        begin: ({ write }) => write("PK\x03\x04\x14\0\x06\0[Content_Types].xml"),
        attempts: [3, 3, 3],
        calls: null,
        says: {
          en: "An Excel workbook came where CSV was expected: {place}. Save it as CSV in UTF-8",
          zh: "应为 CSV，实际是 Excel 工作簿：{place}。请另存为 UTF-8 的 CSV 文件",
        },
        advice: ADVICE.file,
      },
    ],
  },
});
