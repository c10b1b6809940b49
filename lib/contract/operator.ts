/** Who starts, pauses or cancels a sync is named in so many characters at most, wherever the name is given. */
export const MAX_OPERATOR_CHARS = 80;
