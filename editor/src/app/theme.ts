/**
 * The look: colours, type and sizes, told to Mantine once.
 *
 * Knows design and never a page. Colours are chosen so that text keeps a contrast of 4.5 on its ground in both schemes.
 */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#eefaf7',
  '#d6f2ec',
  '#aee4d9',
  '#7fd1c3',
  '#4fb8a9',
  '#2c9c8e',
  '#178376',
  '#0d6b61',
  '#0a564f',
  '#07403b',
];

/** Warm greys: the ground of everything. */
const gray: MantineColorsTuple = [
  '#fafaf8',
  '#f4f4f1',
  '#e9e9e4',
  '#dcdcd5',
  '#c4c5bd',
  '#9b9d95',
  '#74776f',
  '#555953',
  '#373b37',
  '#1d211f',
];

const dark: MantineColorsTuple = [
  '#e9edeb',
  '#c6ceca',
  '#a2ada8',
  '#6f7b76',
  '#3a4440',
  '#2c3532',
  '#212927',
  '#191f1e',
  '#121716',
  '#0c100f',
];

const FONT = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif";

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  colors: { brand, gray, dark },
  white: '#ffffff',
  black: '#1d211f',
  fontFamily: FONT,
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  headings: {
    fontFamily: FONT,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '18px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { fw: 550 } },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      styles: {
        label: { marginBottom: 4, fontWeight: 550 },
        description: { marginTop: 5 },
        error: { marginTop: 5 },
      },
    },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        padding: 'lg',
        overlayProps: { backgroundOpacity: 0.4 },
      },
      styles: { title: { fontSize: '1.0625rem', fontWeight: 620 } },
    },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5b605a',
    '--mantine-color-placeholder': '#6d716a',
    '--mantine-color-anchor': '#0d6b61',
    '--mantine-color-default-border': '#dcdcd5',
    '--mantine-color-error': '#b3261e',
    '--op-ground': '#f7f7f4',
    '--op-surface': '#ffffff',
    '--op-sunk': '#f4f4f1',
    '--op-line': '#e6e6e0',
    '--op-line-strong': '#c4c5bd',
    '--op-ink': '#1d211f',
    '--op-ink-soft': '#5b605a',
    '--op-brand': '#0d6b61',
    '--op-brand-soft': '#e3f4f0',
    '--op-good': '#1f6b34',
    '--op-good-soft': '#e4f3e6',
    '--op-wait': '#75510a',
    '--op-wait-soft': '#fcf0d4',
    '--op-bad': '#a3231b',
    '--op-bad-soft': '#fce9e6',
    '--op-info': '#27528f',
    '--op-info-soft': '#e6eefa',
    '--op-shadow': '0 1px 2px rgb(29 33 31 / 5%)',
  },
  dark: {
    '--mantine-color-body': '#191f1e',
    '--mantine-color-dimmed': '#a2ada8',
    '--mantine-color-placeholder': '#93a09a',
    '--mantine-color-anchor': '#7fd1c3',
    '--mantine-color-default-border': '#3a4440',
    '--mantine-color-error': '#ff9b90',
    '--op-ground': '#121716',
    '--op-surface': '#191f1e',
    '--op-sunk': '#141918',
    '--op-line': '#2a3330',
    '--op-line-strong': '#48534f',
    '--op-ink': '#e9edeb',
    '--op-ink-soft': '#a2ada8',
    '--op-brand': '#7fd1c3',
    '--op-brand-soft': '#16322e',
    '--op-good': '#8fd6a0',
    '--op-good-soft': '#173021',
    '--op-wait': '#edc670',
    '--op-wait-soft': '#35290f',
    '--op-bad': '#ff9b90',
    '--op-bad-soft': '#3c1c19',
    '--op-info': '#9fc2f5',
    '--op-info-soft': '#1b2a41',
    '--op-shadow': 'none',
  },
});
