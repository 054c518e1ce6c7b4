/** Texts of a step: every one may hold variables. Knows widgets; never a kind of node. */
import { useTranslation } from 'react-i18next';
import { field } from '@/model';
import { placeholderOf } from '@/widgets/form/basic/common';
import type { WidgetProps } from '@/widgets/form/registry';
import type { Named } from '../scope/names';
import { useScope } from '../scope/use-scope';
import { Suggestions } from './Suggestions';
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

export function ScriptWidget(props: WidgetProps) {
  return <VariableField {...asField(props)} mode="script" lines="code" />;
}

export function CodeWidget(props: WidgetProps) {
  return <VariableField {...asField(props)} mode="code" lines="code" />;
}

const OFFERS_MAX = 4;

interface SuggestingProps {
  mode: 'template' | 'expression';
  suits: (word: Named) => boolean;
  /** Of the widget it is. */
  props: WidgetProps;
}

/** An empty field with what is mostly meant, one press away. */
function Suggesting({ mode, suits, props }: SuggestingProps) {
  const { t } = useTranslation('panel');
  const { words } = useScope(props.path);
  const text = asField(props);
  const offers = [...words.values()].filter(suits).slice(0, OFFERS_MAX);
  const write = ({ expression }: Named) =>
    props.onChange(mode === 'template' ? `\${${expression}}` : expression);
  return (
    <div>
      <VariableField {...text} mode={mode} />
      {text.value.trim() === '' && !props.disabled && (
        <Suggestions
          offers={offers.map((word) => ({
            label: t('suggest', { name: word.label }),
            take: () => write(word),
          }))}
        />
      )}
    </div>
  );
}

const isContact = ({ schema }: Named) => field(schema, 'x-record') === 'contact';
const isKey = ({ expression }: Named) => /^event\.\w+_id$/.test(expression) || expression === 'event.contact';
const isList = ({ kind }: Named) => kind === 'list';
const isMoment = ({ kind, schema, expression }: Named) =>
  expression !== 'now' && (kind === 'moment' || field(schema, 'x-widget') === 'moment');

/** Who a message goes to: mostly the person the event is about. */
export function ContactWidget(props: WidgetProps) {
  return <Suggesting mode="template" suits={isContact} props={props} />;
}

/** What one run is about: mostly what the event calls by an id of its own. */
export function KeyWidget(props: WidgetProps) {
  return <Suggesting mode="expression" suits={isKey} props={props} />;
}

export function ListExpressionWidget(props: WidgetProps) {
  return <Suggesting mode="expression" suits={isList} props={props} />;
}

export function MomentWidget(props: WidgetProps) {
  return <Suggesting mode="expression" suits={isMoment} props={props} />;
}
