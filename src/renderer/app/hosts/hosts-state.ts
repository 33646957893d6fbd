import { create } from 'zustand';

/** Which of the dialogs about hosts is open, and what it starts with. */
export const useHostDialogs = create<{ open: 'join' | 'hosts' | null; text: string }>(() => ({ open: null, text: '' }));

/** Opens the dialog that joins a host; `text` is an invite link or `KEY@host`, or nothing yet. */
export const openJoin = (text = ''): void => useHostDialogs.setState({ open: 'join', text });
export const openHosts = (): void => useHostDialogs.setState({ open: 'hosts', text: '' });
export const closeHostDialogs = (): void => useHostDialogs.setState({ open: null, text: '' });
