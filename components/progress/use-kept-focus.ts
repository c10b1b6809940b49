"use client";

import { type RefObject, useEffect, useRef } from "react";

/**
 * Keeps the focus in a panel whose content is replaced: where the focused button is gone with `content`, the panel's heading
 * takes the focus, so that the keyboard goes on from here and not from the top of the page.
 */
export function useKeptFocus(panel: RefObject<HTMLElement | null>, content: string | null): void {
  const wasInside = useRef(false);
  useEffect(() => {
    const note = (event: FocusEvent) => {
      wasInside.current = event.target instanceof Node && panel.current?.contains(event.target) === true;
    };
    // A press on the bare page gives the focus up on purpose.
    const drop = (event: PointerEvent) => {
      if (event.target instanceof Node && panel.current?.contains(event.target) !== true) wasInside.current = false;
    };
    document.addEventListener("focusin", note);
    document.addEventListener("pointerdown", drop);
    return () => {
      document.removeEventListener("focusin", note);
      document.removeEventListener("pointerdown", drop);
    };
  }, [panel]);
  useEffect(() => {
    const active = document.activeElement;
    if (content === null || !wasInside.current || (active !== null && active !== document.body)) return;
    panel.current?.querySelector<HTMLElement>("h2[tabindex]")?.focus({ preventScroll: true });
  }, [panel, content]);
}
