"use client";

import { type FormEvent, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { MAX_OPERATOR_CHARS } from "@/lib/contract/operator";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { inputStyle } from "@/components/ui/input-style";

/** What the name is asked for: to start a sync, or to do something with one that exists. */
export type Purpose = "start" | "life";

interface OperatorDialogProps {
  purpose: Purpose;
  onClose: () => void;
  onName: (name: string) => void;
}

/** Asks once who sits here. */
export function OperatorDialog({ purpose, onClose, onName }: OperatorDialogProps) {
  const t = useTranslations("start.operator");
  const life = useTranslations("life.operator");
  const ui = useTranslations("ui");
  const [name, setName] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const formId = useId();
  const inputId = useId();
  const errorId = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) onName(name.trim());
    else setIsMissing(true);
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={purpose === "start" ? t("title") : life("title")}
      closeLabel={ui("close")}
      width="sm"
      actions={
        <>
          <Button onPress={onClose}>{ui("cancel")}</Button>
          <Button look="primary" type="submit" form={formId}>
            {purpose === "start" ? t("go") : life("go")}
          </Button>
        </>
      }
    >
      <p className="mt-1 text-ink-2">{t("text")}</p>
      <form id={formId} className="mt-4" onSubmit={submit} noValidate>
        <Field label={t("label")} htmlFor={inputId} error={isMissing ? t("empty") : null} errorId={errorId}>
          <input
            id={inputId}
            autoFocus
            autoComplete="name"
            maxLength={MAX_OPERATOR_CHARS}
            value={name}
            aria-invalid={isMissing}
            aria-describedby={errorId}
            onChange={(event) => {
              setName(event.target.value);
              setIsMissing(false);
            }}
            className={`${inputStyle} w-full`}
          />
        </Field>
      </form>
    </Dialog>
  );
}
