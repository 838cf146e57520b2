package io.babble.cli;

import io.babble.records.Prompt;
import picocli.CommandLine.Option;

/** Sampling options, the same for the service and for this process. */
final class WritingOptions {
    @Option(
            names = "--length",
            defaultValue = "" + Prompt.DEFAULT_LENGTH,
            description = "Maximum number of characters to write (default: ${DEFAULT-VALUE}).")
    int length;

    @Option(
            names = "--temperature",
            defaultValue = "" + Prompt.DEFAULT_TEMPERATURE,
            description = "Sampling temperature; 0 = always the most likely symbol (default: ${DEFAULT-VALUE}).")
    double temperature;

    @Option(
            names = "--top-k",
            defaultValue = "" + Prompt.DEFAULT_TOP_K,
            description = "Sample only from this many most likely symbols; 0 = all (default: ${DEFAULT-VALUE}).")
    int topK;

    @Option(
            names = "--top-p",
            defaultValue = "" + Prompt.DEFAULT_TOP_P,
            description =
                    "Sample only from the most likely symbols that together reach this probability; 1 = all (default:"
                            + " ${DEFAULT-VALUE}).")
    double topP;

    @Option(
            names = "--seed",
            description = "Random seed: the same seed and model give the same text (default: random).")
    Long seed;
}
