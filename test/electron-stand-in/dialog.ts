interface MessageBox {
  message: string;
  buttons?: string[];
}

/** Label of the button, or the folder, that a person will choose in the next question; a test says it (controls.ts). */
const answers: string[] = [];
export const answerNext = (label: string): void => void answers.push(label);

/** Nobody sees a dialog here: errors are printed, questions are answered with what the test has said before. */
export const dialog = {
  showErrorBox: (title: string, content: string): void => console.error(`${title}: ${content}`),
  async showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    console.log('seen: asked for a folder');
    const chosen = answers.shift();
    return { canceled: chosen === undefined, filePaths: chosen === undefined ? [] : [chosen] };
  },
  async showMessageBox(...given: unknown[]): Promise<{ response: number; checkboxChecked: boolean }> {
    const { message, buttons = [] } = given.at(-1) as MessageBox;
    console.log(`seen: asked ${message}`);
    const response = buttons.indexOf(answers.shift() ?? '');
    if (response < 0) throw new Error(`Nobody said what to answer to: ${message} (${buttons.join(', ')})`);
    return { response, checkboxChecked: false };
  },
};
