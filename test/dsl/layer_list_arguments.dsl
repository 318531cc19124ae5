# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_dim=784
layer=Linear,784,64,bias=false,init=Uniform(0.1)
layer=Dropout,1.5        # expected-error {{E206: 'p' of Dropout takes a number from 0 to 1}}
layer=Linear,in=3,4,5    # expected-error {{E251: positional arguments come before named ones}} expected-error {{E251: positional arguments come before named ones}} expected-help {{usage: layer=Linear,in,out,bias=true,init=He}} expected-help {{usage: layer=Linear,in,out,bias=true,init=He}}
layer=Conv2d,1,8,3,5,kernel_w=3 # expected-error {{E251: argument 'kernel_w' is given twice}} expected-note@-0 {{the first one is here}} expected-help {{usage: layer=Conv2d,in,out,kernel_h,kernel_w,stride=1,padding=0}}
layer=Conv2d,1,8,0,5,1,0,2      # expected-error {{E203: 'kernel_h' of Conv2d takes a whole number from 1 to 1000000000, found 0}} expected-error {{E251: Conv2d takes 6 positional arguments (in, out, kernel_h, kernel_w, stride, padding)}} expected-help {{usage: layer=Conv2d,in,out,kernel_h,kernel_w,stride=1,padding=0}}
