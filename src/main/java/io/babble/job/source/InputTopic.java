package io.babble.job.source;

import java.io.Serializable;
import java.util.Properties;

/**
 * A topic that the job reads.
 *
 * @param option key of the option that names it
 * @param kafka settings of Kafka's clients
 */
public record InputTopic(String option, String name, Properties kafka) implements Serializable {}
