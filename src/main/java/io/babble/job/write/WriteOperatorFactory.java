package io.babble.job.write;

import io.babble.job.operator.Chunk;
import io.babble.job.options.Settings;
import io.babble.records.PromptCommand;
import io.babble.records.Sample;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;
import org.apache.flink.util.clock.Clock;
import org.apache.flink.util.clock.SystemClock;
import org.apache.flink.util.function.SerializableSupplier;

/** Makes a writer; only a factory can give an operator its mailbox. */
public final class WriteOperatorFactory extends AbstractStreamOperatorFactory<Sample>
        implements TwoInputStreamOperatorFactory<PromptCommand, Chunk, Sample> {
    private final Settings settings;
    private final SerializableSupplier<Clock> clock;

    public WriteOperatorFactory(Settings settings) {
        this(settings, SystemClock::getInstance);
    }

    /** With a clock for tests. */
    WriteOperatorFactory(Settings settings, SerializableSupplier<Clock> clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as Flink declares it
    public <T extends StreamOperator<Sample>> T createStreamOperator(StreamOperatorParameters<Sample> parameters) {
        return (T) new WriteOperator(parameters, settings, clock.get());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return WriteOperator.class;
    }
}
