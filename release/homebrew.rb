# Template of the formula for a tap; release/render.sh fills it in.
class KubectlIndexedjob < Formula
  desc "Run and follow arrays of numbered tasks on Kubernetes"
  homepage "https://github.com/kubectl-indexedjob/kubectl-indexedjob"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/kubectl-indexedjob/kubectl-indexedjob/releases/download/v@VERSION@/kubectl-indexedjob-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/kubectl-indexedjob/kubectl-indexedjob/releases/download/v@VERSION@/kubectl-indexedjob-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/kubectl-indexedjob/kubectl-indexedjob/releases/download/v@VERSION@/kubectl-indexedjob-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "https://github.com/kubectl-indexedjob/kubectl-indexedjob/releases/download/v@VERSION@/kubectl-indexedjob-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "kubectl-indexedjob"
    # kubectl asks a program of this name for completions; ours answers under both.
    bin.install_symlink "kubectl-indexedjob" => "kubectl_complete-indexedjob"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/kubectl-indexedjob.bash" => "kubectl-indexedjob"
    zsh_completion.install "completions/kubectl-indexedjob.zsh" => "_kubectl-indexedjob"
    fish_completion.install "completions/kubectl-indexedjob.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/kubectl-indexedjob --version")
  end
end
