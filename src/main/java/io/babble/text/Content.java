package io.babble.text;

/**
 * How much text the targets of a window make up.
 *
 * @param bytes of text
 * @param measuredBytes of these, those that have a loss: all but unknown characters
 * @param measuredCharacters that begin among these
 * @param unknown characters that did not fit into the alphabet
 * @param endOfTexts end-of-text symbols, which are no text
 */
public record Content(int bytes, int measuredBytes, int measuredCharacters, int unknown, int endOfTexts) {}
