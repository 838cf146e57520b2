package io.babble.records;

/**
 * How the learner is doing. Counts are totals since the model's beginning, also over restarts; what is not known yet is NaN.
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
 * @param drifts how often the text has become another one, as the loss shows
 * @param returns how often the model was found broken, and its weights of before were taken again
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
        long number,
        long step,
        long symbols,
        double bitsPerByte,
        double bitsPerByteAverage,
        double bitsPerCharacter,
        double gradientNorm,
        long clipped,
        long skipped,
        long replayed,
        long drifts,
        long returns,
        double learningRate,
        int lanes,
        int windowSteps,
        int streams,
        long accepted,
        long pending,
        long dead,
        long endOfTexts,
        long unknown,
        double stepMillis,
        double symbolsPerSecond,
        double lagMillis,
        long at) {

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
}
