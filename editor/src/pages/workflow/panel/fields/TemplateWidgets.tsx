/** Texts of a step: every one may hold variables. Knows widgets; never a kind of node. */
import { useTranslation } from 'react-i18next';
import { Rich } from '@/ui/Rich';
import { placeholderOf } from '@/widgets/form/basic/common';
import type { WidgetProps } from '@/widgets/form/registry';
import { useScope } from '../scope/use-scope';
import classes from './fields.module.css';
import { VariableField } from './VariableField';

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What every text field takes from a widget. An emptied optional field is absent. */
export function asField(props: WidgetProps) {
  const { path, label, help, error, required, disabled, bare, schema, value, onChange } = props;
  return {
    path,
    label,
    help,
    error,
    required,
    disabled,
    bare: bare === true,
    placeholder: placeholderOf(schema),
    value: textOf(value),
    onChange: (text: string) => onChange(text === '' && !required ? undefined : text),
  };
}

export function TemplateWidget(props: WidgetProps) {
  return <VariableField {...asField(props)} mode="template" />;
}

export function TemplateAreaWidget(props: WidgetProps) {
  return <VariableField {...asField(props)} mode="template" lines="many" />;
}

export function ExpressionWidget(props: WidgetProps) {
  return <VariableField {...asField(props)} mode="expression" />;
}

export function CodeWidget(props: WidgetProps) {
  return <VariableField {...asField(props)} mode="code" lines="code" />;
}

/** Who a message goes to: mostly the person the event is about, who is one press away. */
export function ContactWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const scope = useScope(props.path);
  const field = asField(props);
  const offers = scope.groups.flatMap((group) =>
    group.kind === 'event'
      ? group.variable.children.filter((one) => isContact(one.schema)).map((one) => one.expression)
      : [],
  );
  const isFree = field.value.trim() === '';
  return (
    <div>
      <VariableField {...field} mode="template" />
      {isFree && !props.disabled && offers.length > 0 && (
        <div className={classes.links}>
          {offers.map((expression) => (
            <button
              key={expression}
              type="button"
              className={classes.suggestion}
              onClick={() => props.onChange(`\${${expression}}`)}
            >
              <Rich text={t('contact.use', { name: scope.words.get(expression)?.label ?? expression })} />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function isContact(schema: unknown): boolean {
  return (schema as { 'x-record'?: string } | null)?.['x-record'] === 'contact';
}
