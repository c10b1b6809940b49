import { baostock } from "./baostock";
import type { Provider } from "./case";
import { filesByHttp } from "./files-by-http";
import { filesOfFolder } from "./files-of-folder";
import { massive } from "./massive";
import { postgres } from "./postgres";
import { tushare } from "./tushare";

/** Every real source of the registry, once for each way it is reached. */
export const PROVIDERS: readonly Provider[] = [tushare, massive, baostock, filesByHttp, filesOfFolder, postgres];
