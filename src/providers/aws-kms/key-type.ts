import type { KeyTypeRecord } from "../../key-types/record.ts";

export const AWS_KMS: KeyTypeRecord<"kms"> = {
  type: "kms",
  title: "AWS KMS",
  folder: "aws-kms",
  metadata: {
    order: 1,
    fields: ["arn", "aws_profile", "context", "created_at", "enc", "role"],
    maps: ["context"],
    optional: ["context", "role"],
  },
  config: {
    order: 3,
    flat: "kms",
    shared: ["aws_profile"],
    group: "kms",
    parts: ["arn", "role", "context", "aws_profile"],
  },
  flag: { long: "kms", short: "k", takes: "AWS KMS ARNs", env: "SOPS_KMS_ARN", removesAnyText: true },
  details: [
    { long: "aws-profile", value: "name", about: "the AWS profile of the KMS keys", field: "aws_profile" },
    {
      long: "encryption-context",
      value: "k:v,...",
      about: "the encryption context of the KMS keys",
      field: "context",
    },
  ],
  service: { number: 1, fields: ["arn", "role", "context", "aws_profile"] },
  environment: {
    secrets: [
      "AWS_SECRET_ACCESS_KEY",
      // Its older name, which some SDKs still read.
      "AWS_SECRET_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_SECURITY_TOKEN",
      // Of ECS and EKS: whoever has it gets the credentials of the task.
      "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ],
    plugins: /aws|kms/,
  },
};
