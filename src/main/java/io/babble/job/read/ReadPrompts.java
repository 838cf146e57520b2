package io.babble.job.read;

import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.metrics.DeadLetterMeters;
import io.babble.records.DeadLetter;
import io.babble.records.PromptCommand;
import io.babble.records.PromptReading;
import io.babble.records.RawRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Parses prompts. The writer answers an invalid one with the reason; one without a readable id is a dead letter. */
public final class ReadPrompts extends ProcessFunction<RawRecord, PromptCommand> {
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    private transient DeadLetterMeters meters;

    @Override
    public void open(OpenContext context) {
        meters = new DeadLetterMeters(new FlinkMeterRegistry(getRuntimeContext().getMetricGroup()));
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<PromptCommand> commands) {
        PromptReading reading = PromptReading.of(record.key(), record.value());
        if (reading instanceof PromptReading.Accepted accepted) {
            commands.collect(PromptCommand.answer(accepted.prompt(), record));
        } else if (reading instanceof PromptReading.Refused refused) {
            commands.collect(PromptCommand.refuse(refused.id(), record.deadLetter(refused.error())));
        } else if (reading instanceof PromptReading.Cancelled cancelled) {
            commands.collect(PromptCommand.cancel(cancelled.id()));
        } else if (reading instanceof PromptReading.Unreadable unreadable) {
            meters.addDeadLetter();
            context.output(DEAD_LETTERS, record.deadLetter(unreadable.reason()));
        }
    }
}
