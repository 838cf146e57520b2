package io.babble.records;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How the learner is doing. Counts are totals since the model's beginning, also over restarts; what is not known yet is
 * NaN.
 *
 * @param number of the report, from 0
 * @param step training steps: the model's version
 * @param symbols bytes of text learned, whatever the alphabet; replayed text never counts
 * @param bitsPerByte prequential loss since the last report
 * @param bitsPerByteAverage prequential loss, average over the recent past
 * @param bitsPerCharacter prequential loss since the last report, by code point
 * @param gradientNorm of the last step, before clipping
 * @param clipped steps whose gradient was clipped
 * @param skipped steps left out because loss or gradient were not finite
 * @param replayed symbols learned again
 * @param drifts how often the loss showed that the text has changed
 * @param rollbacks how often the model was broken and its last good weights were restored
 * @param learningRate of the last step
 * @param lanes of fresh text in the last step
 * @param windowSteps of the last step
 * @param streams open now
 * @param accepted bytes that came in: learned + pending + dead, at any moment
 * @param pending bytes accepted and not yet learned
 * @param dead bytes accepted that turned out not to be UTF-8
 * @param endOfTexts ends of texts learned
 * @param unknown characters among the text learned that the alphabet had no place for
 * @param stepMillis mean time of a training step since the last report
 * @param symbolsPerSecond bytes learned since the last report
 * @param lagMillis from a record's Kafka timestamp to its learning
 * @param at when the report was made, milliseconds since 1970
 */
public record Report(
        @JsonProperty(required = true) long number,
        long step,
        @JsonProperty(required = true) long symbols,
        double bitsPerByte,
        double bitsPerByteAverage,
        double bitsPerCharacter,
        double gradientNorm,
        long clipped,
        long skipped,
        long replayed,
        long drifts,
        @JsonAlias("returns") long rollbacks,
        double learningRate,
        int lanes,
        int windowSteps,
        int streams,
        long accepted,
        @JsonProperty(required = true) long pending,
        long dead,
        long endOfTexts,
        long unknown,
        double stepMillis,
        double symbolsPerSecond,
        double lagMillis,
        @JsonProperty(required = true) long at) {

    /** @throws IllegalArgumentException when a total is negative */
    public Report {
        if (number < 0 || symbols < 0 || pending < 0) {
            throw new IllegalArgumentException("number, symbols and pending must not be negative");
        }
    }

    public byte[] toJson() {
        return Json.write(this);
    }

    /**
     * A report as any version of Babble wrote it.
     *
     * @throws IllegalArgumentException when the bytes are no report
     */
    public static Report fromJson(byte[] json) {
        return Json.read(json, Report.class);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A report by the names of its numbers; what is not set is 0. */
    public static final class Builder {
        private long number;
        private long step;
        private long symbols;
        private double bitsPerByte;
        private double bitsPerByteAverage;
        private double bitsPerCharacter;
        private double gradientNorm;
        private long clipped;
        private long skipped;
        private long replayed;
        private long drifts;
        private long rollbacks;
        private double learningRate;
        private int lanes;
        private int windowSteps;
        private int streams;
        private long accepted;
        private long pending;
        private long dead;
        private long endOfTexts;
        private long unknown;
        private double stepMillis;
        private double symbolsPerSecond;
        private double lagMillis;
        private long at;

        private Builder() {}

        public Builder number(long value) {
            number = value;
            return this;
        }

        public Builder step(long value) {
            step = value;
            return this;
        }

        public Builder symbols(long value) {
            symbols = value;
            return this;
        }

        public Builder bitsPerByte(double value) {
            bitsPerByte = value;
            return this;
        }

        public Builder bitsPerByteAverage(double value) {
            bitsPerByteAverage = value;
            return this;
        }

        public Builder bitsPerCharacter(double value) {
            bitsPerCharacter = value;
            return this;
        }

        public Builder gradientNorm(double value) {
            gradientNorm = value;
            return this;
        }

        public Builder clipped(long value) {
            clipped = value;
            return this;
        }

        public Builder skipped(long value) {
            skipped = value;
            return this;
        }

        public Builder replayed(long value) {
            replayed = value;
            return this;
        }

        public Builder drifts(long value) {
            drifts = value;
            return this;
        }

        public Builder rollbacks(long value) {
            rollbacks = value;
            return this;
        }

        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        public Builder lanes(int value) {
            lanes = value;
            return this;
        }

        public Builder windowSteps(int value) {
            windowSteps = value;
            return this;
        }

        public Builder streams(int value) {
            streams = value;
            return this;
        }

        public Builder accepted(long value) {
            accepted = value;
            return this;
        }

        public Builder pending(long value) {
            pending = value;
            return this;
        }

        public Builder dead(long value) {
            dead = value;
            return this;
        }

        public Builder endOfTexts(long value) {
            endOfTexts = value;
            return this;
        }

        public Builder unknown(long value) {
            unknown = value;
            return this;
        }

        public Builder stepMillis(double value) {
            stepMillis = value;
            return this;
        }

        public Builder symbolsPerSecond(double value) {
            symbolsPerSecond = value;
            return this;
        }

        public Builder lagMillis(double value) {
            lagMillis = value;
            return this;
        }

        public Builder at(long value) {
            at = value;
            return this;
        }

        public Report build() {
            return new Report(
                    number,
                    step,
                    symbols,
                    bitsPerByte,
                    bitsPerByteAverage,
                    bitsPerCharacter,
                    gradientNorm,
                    clipped,
                    skipped,
                    replayed,
                    drifts,
                    rollbacks,
                    learningRate,
                    lanes,
                    windowSteps,
                    streams,
                    accepted,
                    pending,
                    dead,
                    endOfTexts,
                    unknown,
                    stepMillis,
                    symbolsPerSecond,
                    lagMillis,
                    at);
        }
    }
}
