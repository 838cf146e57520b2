package io.babble.job.read;

import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.metrics.DeadLetterMeters;
import io.babble.records.DeadLetter;
import io.babble.records.Prompt;
import io.babble.records.PromptReading;
import io.babble.records.RawRecord;
import io.babble.records.Sample;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Parses prompts. One that cannot be accepted is answered with the reason; one without a readable id is a dead letter. */
public final class ReadPrompts extends ProcessFunction<RawRecord, Prompt> {
    public static final OutputTag<Sample> REFUSALS = new OutputTag<>("refusals", TypeInformation.of(Sample.class));
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    private transient DeadLetterMeters meters;

    @Override
    public void open(OpenContext context) {
        meters = new DeadLetterMeters(new FlinkMeterRegistry(getRuntimeContext().getMetricGroup()));
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<Prompt> prompts) {
        PromptReading reading = PromptReading.of(record.key(), record.value());
        if (reading instanceof PromptReading.Accepted accepted) {
            prompts.collect(accepted.prompt());
        } else if (reading instanceof PromptReading.Refused refused) {
            long now = context.timerService().currentProcessingTime();
            context.output(REFUSALS, Sample.refusal(refused, 0, now));
        } else if (reading instanceof PromptReading.Unreadable unreadable) {
            meters.addDeadLetter();
            context.output(DEAD_LETTERS, record.deadLetter(unreadable.reason()));
        }
    }
}
