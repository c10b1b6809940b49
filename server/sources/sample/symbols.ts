/** An invented stock. */
export interface SampleSymbol {
  code: string;
  name: string;
  seed: number;
  /** Middle of its price over the years, in cents. */
  baseCents: number;
  floatShares: number;
  /** Length (÷ 2π) and start of its own wave, in days and radians. */
  waveDays: number;
  phase: number;
}

/** First three digits of the codes, in the manner of Shenzhen and Shanghai; each block has 999 codes. */
const BLOCKS = ["000", "001", "002", "300", "301", "600", "601", "603", "605", "688"];
const CODES_PER_BLOCK = 999;

const CODES_LIKE_REAL = BLOCKS.length * CODES_PER_BLOCK;
/** Blocks of a market larger than the real one start here. */
const FIRST_EXTRA_BLOCK = 801;

/** The largest sample market. */
export const MAX_SAMPLE_SYMBOLS = 100_000;

const FIRST = "澄岚砚瀚珩翊昀骁峤琅沐璟霁旻筠溪禾榕枫澜栩屿棠霖钧澍弈朔".split("");
const SECOND = "岳舟川野原峰宁恒越辰阳桥".split("");
const TRADE = [
  "科技",
  "股份",
  "电子",
  "医药",
  "能源",
  "材料",
  "电气",
  "机械",
  "化工",
  "环境",
  "生物",
  "智能",
  "食品",
  "传媒",
  "物流",
  "光电",
];
const TRADE_LONG = [
  "新材",
  "精工",
  "重工",
  "制药",
  "水务",
  "软件",
  "通信",
  "航空",
  "农业",
  "轨交",
  "仪器",
  "芯片",
  "网络",
  "纺织",
  "建设",
  "家居",
];
const TRADES = [...TRADE, ...TRADE_LONG];
const NAME_COUNT = FIRST.length * SECOND.length * TRADES.length;
/** Coprime to the number of names, so that neighbours look different and no name comes twice among the first 10,752. */
const NAME_STEP = 3_947;

/** The first `count` stocks of the invented market in the order of their codes; the same ones every time. */
export function createSampleSymbols(count: number): SampleSymbol[] {
  return Array.from({ length: count }, (_, index) => symbolOf(index)).sort((a, b) => (a.code < b.code ? -1 : 1));
}

function symbolOf(index: number): SampleSymbol {
  const seed = index + 1;
  return {
    code: codeOf(index),
    name: nameOf((index * NAME_STEP) % NAME_COUNT),
    seed,
    baseCents: 300 + ((seed * 7_919) % 9_700),
    floatShares: 50_000_000 + ((seed * 104_729) % 4_000) * 500_000,
    waveDays: 60 + ((seed * 31) % 240),
    phase: (seed % 628) / 100,
  };
}

function codeOf(index: number): string {
  const extra = index - CODES_LIKE_REAL;
  const block = extra < 0 ? BLOCKS[index % BLOCKS.length] : FIRST_EXTRA_BLOCK + Math.floor(extra / CODES_PER_BLOCK);
  const serial = extra < 0 ? Math.floor(index / BLOCKS.length) : extra % CODES_PER_BLOCK;
  return `${block}${String(serial + 1).padStart(3, "0")}`;
}

function nameOf(at: number): string {
  const first = FIRST[at % FIRST.length];
  const second = SECOND[Math.floor(at / FIRST.length) % SECOND.length];
  const trade = TRADES[Math.floor(at / (FIRST.length * SECOND.length))];
  return `${first}${second}${trade}`;
}
