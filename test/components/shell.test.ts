import { describe, expect, it } from "vitest";
import { clockParts, offsetOf } from "@/components/shell/clock-parts";
import { durationParts, minuteRange } from "@/components/shell/duration-parts";
import { chooseLocale } from "@/components/shell/locale";

describe("the language", () => {
  it("is the chosen one before all others", () => {
    expect(chooseLocale("zh-CN", "en-US,en")).toBe("zh-CN");
  });

  it.each([
    ["zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"],
    ["de-DE,de;q=0.9,en;q=0.5,zh;q=0.4", "en"],
    ["en;q=0.2, zh-CN;q=0.7", "zh-CN"],
    ["zh;q=0, en", "en"],
    ["fr", "en"],
    [null, "en"],
  ])("follows the browser: %j is %s", (header, locale) => {
    expect(chooseLocale(undefined, header)).toBe(locale);
  });

  it("is not taken from a cookie nobody could have chosen", () => {
    expect(chooseLocale("xx", null)).toBe("en");
  });
});

describe("the clock", () => {
  const NIGHT = "2025-11-19T00:30:05+08:00";

  it("shows an instant in the chosen zone, with its day there", () => {
    expect(clockParts(NIGHT, "Asia/Shanghai")).toEqual({ day: "2025-11-19", time: "00:30:05" });
    expect(clockParts(NIGHT, "UTC")).toEqual({ day: "2025-11-18", time: "16:30:05" });
    expect(clockParts(NIGHT, "America/New_York")).toEqual({ day: "2025-11-18", time: "11:30:05" });
  });

  it("makes do with the exchange's offset", () => {
    expect(offsetOf(NIGHT)).toBe("+08:00");
    expect(clockParts(Date.parse(NIGHT), "+08:00")).toEqual({ day: "2025-11-19", time: "00:30:05" });
    expect(clockParts(NIGHT, "-05:00")).toEqual({ day: "2025-11-18", time: "11:30:05" });
    expect(offsetOf("2025-11-19T00:30:05Z")).toBe("UTC");
  });
});

describe("a duration", () => {
  const words = (seconds: number) => durationParts(seconds).map(({ unit, count }) => `${count} ${unit}`);

  it("is said in its two largest units", () => {
    expect(words(392)).toEqual(["6 minute", "32 second"]);
    expect(words(21_060)).toEqual(["5 hour", "51 minute"]);
    expect(words(180)).toEqual(["3 minute"]);
    expect(words(0)).toEqual(["0 second"]);
    expect(words(90_061)).toEqual(["1 day", "1 hour"]);
  });

  it("as a range has one unit, and never promises zero", () => {
    expect(minuteRange(0.2, 40)).toEqual({ unit: "second", from: "1", to: "40" });
    expect(minuteRange(240, 360)).toEqual({ unit: "minute", from: "4", to: "6" });
    expect(minuteRange(5_400, 10_800)).toEqual({ unit: "hour", from: "1.5", to: "3" });
  });
});
