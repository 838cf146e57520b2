package io.babble.job.learn;

import io.babble.job.options.Settings;
import io.babble.job.source.Piece;
import io.babble.records.Report;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.clock.Clock;
import org.apache.flink.util.clock.SystemClock;
import org.apache.flink.util.function.SerializableSupplier;

/** Makes the learner; only a factory can give an operator its mailbox. */
public final class LearnOperatorFactory extends AbstractStreamOperatorFactory<Report>
        implements OneInputStreamOperatorFactory<Piece, Report> {
    private final Settings settings;
    private final SerializableSupplier<Clock> clock;

    public LearnOperatorFactory(Settings settings) {
        this(settings, SystemClock::getInstance);
    }

    /** With a clock for tests. */
    LearnOperatorFactory(Settings settings, SerializableSupplier<Clock> clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as Flink declares it
    public <T extends StreamOperator<Report>> T createStreamOperator(StreamOperatorParameters<Report> parameters) {
        return (T) new LearnOperator(parameters, settings, clock.get());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return LearnOperator.class;
    }
}
