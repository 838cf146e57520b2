package io.babble.job.write;

import io.babble.job.operator.Chunk;
import io.babble.job.options.Settings;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes a writer; only a factory can give an operator its mailbox. */
public final class WriteOperatorFactory extends AbstractStreamOperatorFactory<Sample>
        implements TwoInputStreamOperatorFactory<Prompt, Chunk, Sample> {
    private final Settings settings;

    public WriteOperatorFactory(Settings settings) {
        this.settings = settings;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as Flink declares it
    public <T extends StreamOperator<Sample>> T createStreamOperator(StreamOperatorParameters<Sample> parameters) {
        return (T) new WriteOperator(parameters, settings);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return WriteOperator.class;
    }
}
