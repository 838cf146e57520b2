package io.babble.records;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a text is written. On the wire it is the name given here; in Flink's state it is a number whose meaning Flink keeps by
 * constant name, so constants may be reordered and added, never renamed.
 */
public enum Origin {
    /** Somebody asked for it. */
    @JsonProperty("prompt")
    PROMPT,

    /** The writer's own, every so many learned symbols. */
    @JsonProperty("periodic")
    PERIODIC
}
