/**
 * A condition as rows to choose from, or as an expression when it is more than rows can show; both ways write the
 * same field.
 *
 * Knows conditions; never the step they belong to.
 */
import { Button, Input } from '@mantine/core';
import { IconCode, IconListDetails } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '@/widgets/form/registry';
import classes from '../fields/fields.module.css';
import { asField } from '../fields/TemplateWidgets';
import { VariableField } from '../fields/VariableField';
import { PreviewLine } from '../preview/PreviewLine';
import { usePreview } from '../preview/use-preview';
import { useScope } from '../scope/use-scope';
import { type Group, readCondition, writeCondition } from './condition';
import { GroupRows } from './GroupRows';

const EMPTY: Group = { join: 'and', items: [] };

export function ConditionWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const field = asField(props);
  const read = readCondition(field.value);
  const [isText, setText] = useState(false);
  const shown = read !== undefined && !isText;
  // The button goes away with what it changed and comes again elsewhere: the focus goes along.
  const pressed = useRef(false);
  const keepFocus = (button: HTMLButtonElement | null) => {
    if (button === null || !pressed.current) return;
    pressed.current = false;
    button.focus();
  };
  const swap = (
    <Button
      ref={keepFocus}
      data-aside
      variant="subtle"
      size="compact-xs"
      color="gray"
      h={26}
      disabled={read === undefined}
      title={read === undefined ? t('condition.unreadable') : undefined}
      leftSection={shown ? <IconCode size={15} aria-hidden /> : <IconListDetails size={15} aria-hidden />}
      onClick={() => {
        pressed.current = true;
        setText(shown);
      }}
    >
      {t(shown ? 'condition.as_text' : 'condition.as_rows')}
    </Button>
  );
  if (!shown) return <VariableField {...field} mode="expression" aside={swap} />;
  return <Rows {...props} read={read} source={field.value} write={field.onChange} swap={swap} />;
}

interface RowsProps extends WidgetProps {
  read: Group;
  source: string;
  write: (source: string) => void;
  swap: React.ReactNode;
}

function Rows({ path, label, help, error, required, disabled, read, source, write, swap }: RowsProps) {
  const scope = useScope(path);
  const preview = usePreview('expression', source, scope.trial);
  const id = useId();
  // A row that is not whole is in no expression, so the rows are kept beside it.
  const [rows, setRows] = useState<Group>(read);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what comes from outside replaces the rows
  useEffect(() => {
    const isSame = writeCondition(rows) === writeCondition(read);
    if (!isSame) setRows(read);
  }, [source]);
  return (
    <fieldset
      className={classes.plain}
      disabled={disabled}
      aria-describedby={[error && `${id}-error`, `${id}-preview`].filter(Boolean).join(' ')}
    >
      <legend className="visually-hidden">{label}</legend>
      <div className={classes.head}>
        <span className={classes.label} aria-hidden>
          {label}
          {required && <span className={classes.star}> *</span>}
        </span>
        {swap}
      </div>
      <GroupRows
        group={rows}
        scope={scope}
        disabled={disabled}
        depth={0}
        onChange={(next) => {
          const whole = next ?? EMPTY;
          setRows(whole);
          const written = writeCondition(whole);
          if (written !== source) write(written);
        }}
      />
      <PreviewLine id={`${id}-preview`} preview={preview} quiet={error !== undefined} />
      {help !== undefined && (
        <Input.Description mt={5}>
          <Rich text={help} />
        </Input.Description>
      )}
      {error !== undefined && (
        <Input.Error id={`${id}-error`} mt={5}>
          <Rich text={error} />
        </Input.Error>
      )}
    </fieldset>
  );
}
