/** What the app handed to the system; printed, so that a test can see it. */
export const shellCalls = {
  open: async (url: string): Promise<void> => console.log(`stand-in opened ${url}`),
  openPath: async (path: string): Promise<string> => {
    console.log(`stand-in opened path ${path}`);
    return '';
  },
};
