package io.babble.job.write;

import io.babble.job.operator.Timers;
import io.babble.job.state.Answer;
import io.babble.metrics.WriterMeters;
import io.babble.records.Sample;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * Sends pieces of texts. Each carries the attempt that wrote it, a random token of this start of the writer: a number
 * would come again where one checkpoint is restored twice.
 */
final class SampleSender {
    private static final String CANCELLED = "cancelled";

    private final String attempt = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final WriterModel model;
    private final WriterMeters meters;
    private final Timers timers;
    private final Consumer<Sample> out;

    SampleSender(WriterModel model, WriterMeters meters, Timers timers, Consumer<Sample> out) {
        this.model = model;
        this.meters = meters;
        this.timers = timers;
        this.out = out;
    }

    /** Sends what was written since the last piece, if anything was. */
    void sendNext(String id, Answer answer) {
        Sample piece = answer.nextPiece(id, stamp());
        if (piece != null) {
            if (piece.done()) {
                meters.addText();
            }
            send(piece);
        }
    }

    /** Ends a text early. */
    void sendCancelled(String id, Answer answer) {
        send(answer.lastPiece(id, CANCELLED, stamp()));
    }

    /** Answers a prompt with an error. */
    void sendRefusal(String id, String error) {
        out.accept(Sample.refusal(id, error, model.version(), attempt, timers.wallTime()));
    }

    private void send(Sample piece) {
        meters.addCharacters(piece.text().codePointCount(0, piece.text().length()));
        out.accept(piece);
    }

    private Answer.Stamp stamp() {
        return new Answer.Stamp(model.version(), model.bitsPerByte(), attempt, timers.wallTime());
    }
}
