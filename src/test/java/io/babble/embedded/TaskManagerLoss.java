package io.babble.embedded;

import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** Ends the TaskManagers of an embedded Flink, which has one at a time. */
public final class TaskManagerLoss {
    private static final int PATIENCE_SECONDS = 60;

    private final MiniCluster cluster;
    private int running;

    public TaskManagerLoss(EmbeddedFlink flink) {
        cluster = flink.cluster;
    }

    /**
     * Ends the TaskManager with all tasks, and starts another one, so that jobs recover from their last checkpoints.
     */
    public void replaceTaskManager() {
        try {
            cluster.terminateTaskManager(running++).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            cluster.startTaskManager();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
