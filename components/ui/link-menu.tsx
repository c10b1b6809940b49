"use client";

import type { ReactElement } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { menuItemStyle, popoverStyle } from "./popover-style";

export interface MenuLink {
  href: string;
  label: string;
  /** A quieter word at the end of the line. */
  tail?: string;
  /** The browser keeps what it gets instead of going there. */
  download?: boolean;
}

/** A menu of links behind a button. */
export function LinkMenu({ label, trigger, links }: { label: string; trigger: ReactElement; links: MenuLink[] }) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement="bottom end" offset={4} className={popoverStyle}>
        <AriaMenu aria-label={label} className="min-w-44 p-1 outline-none">
          {links.map(({ href, label: words, tail, download = false }) => (
            <MenuItem key={href} href={href} download={download} textValue={words} className={menuItemStyle}>
              <span className="flex-1">{words}</span>
              {tail ? <span className="text-ink-3 [font:var(--t-12)]">{tail}</span> : null}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
