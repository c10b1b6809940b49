import type { Words } from "./case";

/** What a test of the source says to do, word for word. */
export const ADVICE = {
  again: {
    en: "Test again in a few minutes; if it stays so, the words above are for the provider",
    zh: "请几分钟后重新测试；若仍如此，请将以上内容反馈给数据商",
  },
  notYet: {
    en: "Test an earlier day, or this one after the source has published it",
    zh: "请测试更早的一天，或等数据源发布后再测试该日",
  },
  plan: {
    en: "Choose a day that your plan covers, or extend the plan with the provider",
    zh: "请选择套餐覆盖的日期，或向数据商升级套餐",
  },
  network: {
    en: "Check the address of the source and whether this machine reaches it (network, firewall, proxy), then test again",
    zh: "请检查数据源地址，以及本机能否访问（网络、防火墙、代理），然后重新测试",
  },
  file: {
    en: "Look at the file of this day at the place that is named; FILES_URL must lead to the rows themselves",
    zh: "请查看所示位置的当日文件；FILES_URL 必须直接指向数据文件",
  },
  banned: {
    en: "Wait until the provider lifts the block (a day, as a rule), and use its line from one program only",
    zh: "请等待数据商解除封禁（通常为一天），并且只让一个程序使用其连接",
  },
  oneProgram: {
    en: "End the other programs that use this source from your address, then test again",
    zh: "请关闭本机地址上使用该数据源的其他程序，然后重新测试",
  },
  newerVersion: {
    en: "Install a newer version of Dayfill, or choose another source (SOURCE in .env)",
    zh: "请安装新版本的 Dayfill，或改用其他数据源（.env 中的 SOURCE）",
  },
  otherSource: {
    en: "Test another day; if it stays so, choose another source (SOURCE in .env), for this account cannot be extended",
    zh: "请测试另一天；若仍如此，请改用其他数据源（.env 中的 SOURCE），因为该账号无法升级",
  },
  grant: {
    en: "Let the owner of the table give that role the right (GRANT USAGE on its schema, GRANT SELECT on it), then test again",
    zh: "请让该表的所有者为此角色授权（对所在模式 GRANT USAGE，对该表 GRANT SELECT），然后重新测试",
  },
} as const satisfies Record<string, Words>;

export const credentials = (variable: string): Words => ({
  en: `Check ${variable} in .env, then start the server again`,
  zh: `请检查 .env 中的 ${variable}，然后重启服务器`,
});
export const configuration = (variable: string): Words => ({
  en: `Correct ${variable} in .env, then start the server again`,
  zh: `请更正 .env 中的 ${variable}，然后重启服务器`,
});
export const waiting = (minutes: number): Words => ({
  en: minutes === 1 ? "Try again in a minute" : `Try again in ${minutes} minutes`,
  zh: `请在 ${minutes} 分钟后再试`,
});

/** The words of a provider behind those of ours. */
export const quoted = (en: string, zh: string, said: string): Words => ({ en: `${en}: ${said}`, zh: `${zh}：${said}` });
