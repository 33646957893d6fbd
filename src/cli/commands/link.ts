import { connect } from '../connect.ts';

/** `otherthing link`: a fresh sign-in link, single use, 10 minutes. */
export async function linkCommand(options: { data?: string }): Promise<void> {
  const { client } = await connect(options.data);
  const { url } = await client.call('createSignInLink', {});
  console.log(url);
}
