import type { Binaries } from "./embedded-binaries";

/** An account of this machine. */
export interface User {
  uid: number;
  gid: number;
}

/** How PostgreSQL's programs are started here: as whom, through what, from which folders. */
export interface Runner {
  binaries: Binaries;
  /** Put before every command: nothing, or `unshare … --`. */
  through: string[];
  /** Whom the programs run as; absent = as we are. */
  user: User | undefined;
  /** Owner that the cluster and the socket folder must have; null = whoever makes them. */
  owner: User | null;
  /** Folder of the cluster, links resolved. */
  cluster: string;
  /** What the operator should know about this choice. */
  remark: string | null;
}
