package io.babble.job;

import static org.apache.flink.api.common.eventtime.WatermarkStrategy.noWatermarks;

import io.babble.job.learn.LearnOperator;
import io.babble.job.learn.LearnOperatorFactory;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.read.ReadPrompts;
import io.babble.job.read.ReadText;
import io.babble.job.source.Piece;
import io.babble.job.source.PieceSource;
import io.babble.job.write.WriteOperator;
import io.babble.job.write.WriteOperatorFactory;
import io.babble.records.DeadLetter;
import io.babble.records.PromptCommand;
import io.babble.records.RawRecord;
import io.babble.records.Report;
import io.babble.records.Sample;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The dataflow: text → streams → windows → learner → model → writer → samples. */
public final class Topology {
    /** Where the job reads. */
    public record Sources(Source<Piece, ?, ?> text, Source<RawRecord, ?, ?> prompts) {}

    /** Where the job writes. */
    public record Sinks(Sink<Report> reports, Sink<Sample> samples, Sink<DeadLetter> deadLetters) {}

    private Topology() {}

    /** Adds Babble's operators to {@code env}. Their uids are fixed: Flink assigns the state of a savepoint by them. */
    public static void define(StreamExecutionEnvironment env, Settings settings, Sources from, Sinks to) {
        SingleOutputStreamOperator<Piece> text = env.fromSource(from.text(), noWatermarks(), "text")
                .uid(PieceSource.UID)
                .process(new ReadText())
                .name("read text")
                .uid("read-text");

        SingleOutputStreamOperator<PromptCommand> prompts = env.fromSource(from.prompts(), noWatermarks(), "prompts")
                .uid("prompts")
                .process(new ReadPrompts())
                .name("read prompts")
                .uid("read-prompts");

        SingleOutputStreamOperator<Report> learner = text.keyBy(Piece::stream)
                .transform("learn", TypeInformation.of(Report.class), new LearnOperatorFactory(settings))
                .uid(LearnOperator.UID)
                .setParallelism(settings.get(Options.LEARNERS));

        SingleOutputStreamOperator<Sample> writer = prompts.union(learner.getSideOutput(LearnOperator.PROMPTS))
                .keyBy(PromptCommand::id)
                .connect(learner.getSideOutput(LearnOperator.WEIGHTS).broadcast())
                .transform("write", TypeInformation.of(Sample.class), new WriteOperatorFactory(settings))
                .uid(WriteOperator.UID);

        DataStream<DeadLetter> deadLetters = text.getSideOutput(ReadText.DEAD_LETTERS)
                .union(
                        prompts.getSideOutput(ReadPrompts.DEAD_LETTERS),
                        learner.getSideOutput(LearnOperator.DEAD_LETTERS),
                        writer.getSideOutput(WriteOperator.DEAD_LETTERS));

        learner.sinkTo(to.reports()).name("reports").uid("reports").setParallelism(1);
        writer.sinkTo(to.samples()).name("samples").uid("samples");
        deadLetters.sinkTo(to.deadLetters()).name("dead letters").uid("dead-letters");
    }
}
