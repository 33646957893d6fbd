/** What the app handed to the system; printed, so that a test can see it. */
export const shellCalls = {
  open: async (url: string): Promise<void> => console.log(`seen: opened ${url}`),
  openPath: async (path: string): Promise<string> => {
    console.log(`seen: opened path ${path}`);
    return '';
  },
};
