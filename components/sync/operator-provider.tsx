"use client";

import dynamic from "next/dynamic";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { readOperator, rememberOperator } from "@/components/data/operator";
import { useConsoleInfo } from "@/components/data/queries";
import type { Purpose } from "./operator-dialog";

const OperatorDialog = dynamic(() => import("./operator-dialog").then((module) => module.OperatorDialog), { ssr: false });

/** Calls `act` with the operator's name, at once where it is known, else when it was given. */
type AsOperator = (purpose: Purpose, act: (name: string) => Promise<void>) => Promise<void>;

const Context = createContext<AsOperator | null>(null);

/** Knows who sits in front of this page: asked once, for the first thing that is done under a name. */
export function OperatorProvider({ children }: { children: ReactNode }) {
  const namedOperator = useConsoleInfo().data?.operator ?? null;
  const [asking, setAsking] = useState<{ purpose: Purpose; act: (name: string) => Promise<void> } | null>(null);
  const asOperator = useCallback<AsOperator>(
    async (purpose, act) => {
      const name = namedOperator ?? readOperator();
      if (name) await act(name);
      else setAsking({ purpose, act });
    },
    [namedOperator],
  );
  return (
    <Context value={asOperator}>
      {children}
      {asking ? (
        <OperatorDialog
          purpose={asking.purpose}
          onClose={() => setAsking(null)}
          onName={(name) => {
            rememberOperator(name);
            setAsking(null);
            void asking.act(name);
          }}
        />
      ) : null}
    </Context>
  );
}

export function useOperator(): AsOperator {
  const asOperator = useContext(Context);
  if (!asOperator) throw new Error("useOperator needs an OperatorProvider above it");
  return asOperator;
}
