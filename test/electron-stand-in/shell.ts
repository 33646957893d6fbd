/** Links that the app handed to the system; printed, so that a test can see them. */
export const shellCalls = {
  open: async (url: string): Promise<void> => console.log(`stand-in opened ${url}`),
};
