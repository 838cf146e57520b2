package io.babble.text;

/**
 * How much text the targets of a window are.
 *
 * @param bytes of text
 * @param measuredBytes of them that have a loss: all but those of unknown characters
 * @param measuredCharacters that begin among these
 * @param unknown characters that the alphabet had no place for
 * @param endOfTexts which are no text
 */
public record Content(int bytes, int measuredBytes, int measuredCharacters, int unknown, int endOfTexts) {}
