/** The icons that step types name, in kebab-case. Named one by one, so that only these are in the page. */
import {
  Box,
  Braces,
  Code,
  FileText,
  Globe,
  Images,
  Layers,
  LogIn,
  LogOut,
  type LucideIcon,
  Merge,
  MessageSquareText,
  Repeat2,
  ScanText,
  Split,
  StickyNote,
  Table2,
  TextCursorInput,
  Wand2,
} from 'lucide-react';

const icons: Readonly<Record<string, LucideIcon>> = {
  braces: Braces,
  code: Code,
  'file-text': FileText,
  globe: Globe,
  images: Images,
  layers: Layers,
  'log-in': LogIn,
  'log-out': LogOut,
  merge: Merge,
  'message-square-text': MessageSquareText,
  'repeat-2': Repeat2,
  'scan-text': ScanText,
  split: Split,
  'sticky-note': StickyNote,
  'table-2': Table2,
  'text-cursor-input': TextCursorInput,
  'wand-2': Wand2,
};

export const iconNamed = (name: string | undefined): LucideIcon => icons[name ?? ''] ?? Box;
