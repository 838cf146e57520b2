package io.babble.cli;

import io.babble.records.Prompt;
import picocli.CommandLine.Option;

/** How a text is written, the same whether the service writes it or this process does. */
final class WritingOptions {
    @Option(
            names = "--length",
            defaultValue = "" + Prompt.DEFAULT_LENGTH,
            description = "Most characters to write (${DEFAULT-VALUE}).")
    int length;

    @Option(
            names = "--temperature",
            defaultValue = "" + Prompt.DEFAULT_TEMPERATURE,
            description = "0 = the most likely symbol, more = more daring (${DEFAULT-VALUE}).")
    double temperature;

    @Option(
            names = "--top-k",
            defaultValue = "" + Prompt.DEFAULT_TOP_K,
            description = "Draw from so many most likely symbols only; 0 = all (${DEFAULT-VALUE}).")
    int topK;

    @Option(
            names = "--top-p",
            defaultValue = "" + Prompt.DEFAULT_TOP_P,
            description = "Draw from the most likely symbols that together reach this; 1 = all (${DEFAULT-VALUE}).")
    double topP;

    @Option(names = "--seed", description = "The same seed and model give the same text (chosen at random).")
    Long seed;
}
