/**
 * A widget for a fixed value that also takes an expression, since any parameter of a step may be one.
 *
 * Knows that a text with `${` is an expression; never what the value is.
 */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCursorText, IconVariable } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Widget, WidgetProps } from '@/widgets/form/registry';
import classes from './fields.module.css';
import { asField } from './TemplateWidgets';
import { VariableField } from './VariableField';

export function either(Fixed: Widget): Widget {
  return function Either(props: WidgetProps) {
    const isWritten = typeof props.value === 'string' && props.value.includes('${');
    const [isWanted, setWanted] = useState(false);
    const isExpression = isWritten || isWanted;
    const toggle = props.disabled ? undefined : (
      <Toggle
        label={props.label}
        isExpression={isExpression}
        onToggle={() => {
          if (isWritten) props.onChange(undefined);
          setWanted(!isExpression);
        }}
      />
    );
    if (isExpression) {
      const value = typeof props.value === 'string' ? props.value : '';
      return <VariableField {...asField(props)} value={value} mode="template" aside={toggle} />;
    }
    return (
      <div className={classes.fixed}>
        <Fixed {...props} />
        {toggle !== undefined && <div className={classes.toggle}>{toggle}</div>}
      </div>
    );
  };
}

function Toggle({
  label,
  isExpression,
  onToggle,
}: {
  label: string;
  isExpression: boolean;
  onToggle: () => void;
}) {
  const { t } = useTranslation('panel');
  const words = t(isExpression ? 'either.fixed' : 'either.variable');
  const Icon = isExpression ? IconCursorText : IconVariable;
  return (
    <Tooltip label={words}>
      <ActionIcon
        data-aside
        variant="subtle"
        color="gray"
        size={26}
        aria-label={`${label}: ${words}`}
        onClick={onToggle}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
