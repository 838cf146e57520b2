package io.babble.job.read;

import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.job.source.Piece;
import io.babble.metrics.DeadLetterMeters;
import io.babble.records.DeadLetter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Forwards text; records that are no text become dead letters. */
public final class ReadText extends ProcessFunction<Piece, Piece> {
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    private transient DeadLetterMeters meters;

    @Override
    public void open(OpenContext context) {
        meters = new DeadLetterMeters(new FlinkMeterRegistry(getRuntimeContext().getMetricGroup()));
    }

    @Override
    public void processElement(Piece piece, Context context, Collector<Piece> text) {
        if (piece.unreadable() == null) {
            text.collect(piece);
        } else {
            meters.addDeadLetter();
            context.output(DEAD_LETTERS, piece.unreadable());
        }
    }
}
