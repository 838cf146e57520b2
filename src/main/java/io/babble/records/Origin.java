package io.babble.records;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a text is written. JSON has the name given here. Flink's state has a number, and Flink keeps the constant's name
 * for it, so constants may be reordered and added but never renamed.
 */
public enum Origin {
    /** A prompt asked for it. */
    @JsonProperty("prompt")
    PROMPT,

    /** Written without a prompt, once per configured number of learned symbols. */
    @JsonProperty("periodic")
    PERIODIC
}
