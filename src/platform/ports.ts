/** The port that a host takes on this machine unless it is told another one, or it is taken. */
export const usualPort = 4171;

/** The port on which other machines reach a host, with TLS: another one, so that both listeners fit beside each other. */
export const usualTlsPort = 4172;
